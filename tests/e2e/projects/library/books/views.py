from django.db import connection
from django.http import JsonResponse
from django.shortcuts import render

from books.models import Book


def shelf(request):
    return render(request, "books/shelf.html", {"books": Book.objects.all()})


def api(request):
    return JsonResponse(list(Book.objects.values("title", "author", "lent")), safe=False)


def health(request):
    connection.ensure_connection()
    return JsonResponse({"status": "ok"})

from django.urls import path

from books import views

urlpatterns = [path("", views.shelf, name="shelf"), path("api/books/", views.api)]

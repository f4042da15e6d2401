from django.contrib import admin
from django.urls import include, path

from books.views import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz/", health),
    path("", include("books.urls")),
]

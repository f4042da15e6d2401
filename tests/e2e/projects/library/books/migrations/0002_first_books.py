from django.db import migrations


def add(apps, schema_editor):
    book = apps.get_model("books", "Book")
    book.objects.create(title="Stoner", author="John Williams")


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]

from setuptools import setup

REQUIRED = ["flask>=3.1", "tomli; python_version < '3.11'"]
setup(name="shop", install_requires=REQUIRED, packages=["shop"])

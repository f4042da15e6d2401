from setuptools import setup

setup(name="shop", install_requires=open("deps").read().split())

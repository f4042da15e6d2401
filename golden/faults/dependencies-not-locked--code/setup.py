from setuptools import find_packages, setup

setup(name="shop", install_requires=open("deps.txt").read().split(), packages=find_packages())

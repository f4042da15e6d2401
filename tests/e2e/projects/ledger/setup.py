from setuptools import find_packages, setup

with open("README.rst") as readme:
    description = readme.read()

setup(
    name="ledger",
    version="3.7.2",
    long_description=description,
    packages=find_packages(exclude=["tests"]),
    package_data={"ledger": ["accounts.ini"]},
    python_requires=">=3.8",
    install_requires=["bottle>=0.12,<0.14", "waitress>=2"],
    entry_points={"console_scripts": ["ledger-server = ledger.server:main"]},
)

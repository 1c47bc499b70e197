"""The package as pip installs it: a wheel, in a folder of its own."""
import os
import shutil
import subprocess
import sys

from report import ROOT, report, skip, wants


def run(out):
    name = "a wheel is built, installed and used"
    if not wants(name):
        return
    if subprocess.run([sys.executable, "-c", "import setuptools, wheel, pip"], check=False,
                      capture_output=True).returncode:
        skip("pip, setuptools or wheel are not installed")
        report(True, name)
        return
    source, wheels, site = out / "source", out / "wheels", out / "site"
    for folder in (source, wheels, site):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "runtime/python", source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    offline = ["--no-index", "--no-build-isolation", "--no-deps"]
    built = subprocess.run([*pip, "wheel", *offline, "-w", str(wheels), str(source)], check=False, text=True,
                           capture_output=True)
    made = list(wheels.glob("cnnc-*-py3-none-any.whl"))
    if built.returncode or not made:
        report(False, name, built.stdout, built.stderr)
        return
    placed = subprocess.run([*pip, "install", *offline, "--target", str(site), str(made[0])], check=False, text=True,
                            capture_output=True)
    program = ("import cnnc, numpy, os; assert 'site' in cnnc.__file__, cnnc.__file__; "
               f"net = cnnc.load({str(out / 'renamed.so')!r}); assert net(numpy.ones((2, 5, 6))).shape == (3, 5, 6); "
               "assert os.path.exists(os.path.join(os.path.dirname(cnnc.__file__), 'py.typed'))")
    used = subprocess.run([sys.executable, "-c", program], check=False, text=True, capture_output=True,
                          env={**os.environ, "PYTHONPATH": str(site)})
    report(placed.returncode == 0 and used.returncode == 0, name, placed.stderr, used.stderr)

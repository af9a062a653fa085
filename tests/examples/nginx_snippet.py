"""nginx takes the server block of docs/maintenance.md as it stands there."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
if nginx is None:
    print("skipped: nginx is not installed")
    sys.exit(77)
page = open(sys.argv[1]).read()
block = re.search(r"```nginx\n(.*?)```", page, re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as out:
        out.write(f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
                  f"http {{\naccess_log off;\n{block}}}\n")
    done = subprocess.run([nginx, "-t", "-c", path, "-p", folder], stderr=subprocess.PIPE, text=True)
    print(done.stderr)
    sys.exit(done.returncode)

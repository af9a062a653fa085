"""The example server: lets requests through, and steps aside while the flag file is there."""
import http.client
import json
import os
import subprocess
import sys
import tempfile


def get(port, accept):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/", headers={"Accept": accept})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Retry-After"), answer.read().decode()


with tempfile.TemporaryDirectory() as folder:
    flag = os.path.join(folder, "maintenance.flag")
    server = subprocess.Popen([sys.argv[1], "0", flag], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        assert get(port, "*/*") == (200, None, "hello\n")
        with open(flag, "w") as out:
            out.write('{"session":"s-1"}\n')
        status, retry, body = get(port, "application/json")
        assert (status, retry) == (503, "60"), (status, retry)
        assert json.loads(body)["migration"] == {"session": "s-1"}, body
        status, _, body = get(port, "text/html,*/*")
        assert status == 503 and "<h1>" in body and "belay status" in body, body
        os.remove(flag)
        assert get(port, "*/*")[0] == 200
    finally:
        server.kill()
        server.wait()

import csv
import io
import re
import zipfile

import pytest

from qmgis.app.downloads import download_address, exports

KEYS = sorted(exports())


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_every_export_is_an_attachment(client, key, lang):
    answer = client.get(download_address("mss-2024", key, lang))
    assert answer.status_code == 200
    name, kind = exports()[key].filename, exports()[key].media_type
    if key == "qgz":  # travels with the file that it opens
        name, kind = "results_qgz.zip", "application/zip"
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f"attachment; filename=toy-mss-2024-{name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data


def test_the_table_is_the_one_of_the_run(client, city):
    text = client.get(download_address("mss-2022", "csv", "de")).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["area"] for row in rows] == list(city.areas.frame.index)


def test_the_bundle_is_a_whole_zip(client):
    assert zipfile.ZipFile(io.BytesIO(client.get("/download/mss-2024/shp").data)).testzip() is None


def test_the_project_travels_with_the_file_that_it_opens(client):
    whole = zipfile.ZipFile(io.BytesIO(client.get("/download/mss-2024/qgz").data))
    assert whole.namelist() == ["results.qgz", "results.gpkg"]
    project = zipfile.ZipFile(io.BytesIO(whole.read("results.qgz"))).read("results.qgs").decode()
    asked = set(re.findall(r"<datasource>\./([^|<]+)", project))
    assert asked == {"results.gpkg"}
    assert whole.read("results.gpkg") == client.get("/download/mss-2024/gpkg").data


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/download/mss-2024/cvs", 'Meinten Sie "csv"?'),
        ("/download/mss-2024/cvs?lang=en", 'Did you mean "csv"?'),
        ("/download/mss-202/csv", 'Meinten Sie "mss-202'),
        ("/download/%3Cscript%3E/csv", "<script>"),
        ("/download/", ""),
    ],
)
def test_what_is_not_there_is_one_plain_sentence(client, path, said):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/download/mss-2024/..%2f..%2fetc%2fpasswd", "/assets/..%2fmain.py", "/assets/../main.py"]
)
def test_no_path_leads_out(client, path):
    answer = client.get(path, buffered=True)
    assert answer.status_code == 404 or answer.mimetype == "text/html"
    assert b"root:" not in answer.data
    assert b"create_app" not in answer.data

"""Administrators make forms for other sites."""

import time

import pytest
from django.urls import reverse

from tickets.models import EmbeddedForm, origin_of

NEW = reverse("admin:tickets_embeddedform_add")


def typed(origins: str) -> dict[str, str]:
    thanks = {f"thanks_{code}": "" for code in ("uk", "ru", "en", "de")}
    return {
        "name": "Shop",
        "origins": origins,
        "theme": "system",
        "most_per_hour": "60",
        "is_active": "on",
        **thanks,
    }


def test_sites_are_pasted_as_they_are_and_kept_as_browsers_say_them(enter, root):
    sites = "https://Shop.example/contact\r\nhttps://shop.example:443\r\n\r\nhttp://localhost:3000"

    assert enter(root).post(NEW, typed(sites)).status_code == 302

    form = EmbeddedForm.objects.get()
    assert form.origins == ["https://shop.example", "http://localhost:3000"]
    page = enter(root).get(reverse("admin:tickets_embeddedform_change", args=[form.pk])).text
    assert f"js/embed.js&quot; data-form=&quot;{form.key}&quot;" in page
    assert f"/embed/{form.key}/&quot; title=&quot;Write to us&quot;" in page


@pytest.mark.parametrize(
    "site", ["shop.example", "http://shop.example", "https://*.shop.example", "https://a;b", "*"]
)
def test_what_is_no_site_is_refused(enter, root, site):
    page = enter(root).post(NEW, typed(site)).text

    assert "is no site: write https:// and its host name" in page
    assert not EmbeddedForm.objects.exists()


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:8443/a?b#c", "https://shop.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://localhost:80", "http://localhost"),
        ("http://shop.example", ""),
        ("https://shop.example:99999", ""),
        ("https://user@shop.example", ""),
        ("https://shop.example\\.evil.example", ""),
        ("https://shop.example; script-src *", ""),
        ("https://[::1]", ""),
        ("https://[", ""),
        ("https://" + "a" * 300, ""),
        ("ftp://shop.example", ""),
        ("null", ""),
        ("", ""),
    ],
)
def test_an_origin_is_what_browsers_say(address, origin):
    assert origin_of(address) == origin


def test_a_long_address_takes_no_long_time():
    began = time.process_time()
    assert origin_of("https://a" + "\u0301\u0323" * 50_000 + ".example") == ""
    assert time.process_time() - began < 1

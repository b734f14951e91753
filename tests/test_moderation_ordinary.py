"""Ordinary lessons about sign-in, containers and backups are neither secret nor id."""

import pytest

from moderation.identity import identities
from moderation.screen import screen

NO_SECRETS = [
    "Your login and password will be sent to you by the office.",
    "Your login and password must not be shared.",
    "The member login and password form is at /join.",
    "docker run -u 1000:1000 nginx",
    "docker run --user 1000:1000",
    "docker run -u node:node app",
    "rsync -u host:/path/to/data .",
    "sudo -u www-data:www-data ls",
    "Basic SQL2019Developer",
    "Use postgres://postgres:postgres@localhost",
    "redis://default:redis@localhost",
    "mysql://root:root@127.0.0.1/app",
]
SECRETS = [
    "curl -u alice:" + "s3cr3tPass! https://example.com",
    "curl -s -u alice:" + "orchids https://example.com",
    "fetch --user bob:" + "Xy12zz9w",
    "Authorization: Basic " + "YWxpY2U6czNjcjN0UGFzcw==",
    "Basic " + "YWxpY2U6czNjcjN0UGFzcw==",
    "postgres://app:" + "Xk29fjQ@db.example.com/x",
    "postgres://postgres:" + "Xk29fjQ@localhost/x",
    "postgres://postgres:" + "postgres@db.example.com/x",
    "machine api.example.com login bob password " + "orchids",
    "login bob password " + "s3cr3tPass",
]
NO_IDS = [
    "Nightly backups are named 20240115-0300.",
    "The firmware is 240115-1002.",
    "20240115-1400.md",
    "Room 101: meeting 150124-0900",
    "CPR training: 20240115-0900",
    "The release is 240115-1961.",
    "Medicare 1-800-633-4227",
    "The part is ABCPX1234K.",
]
HOTLINES = ["Driving licence: 0300 790 6801", "For passport, 0300 222 0000"]
UNNAMED_IDS = [
    "811218-9876",
    "19811218-9876",
    "070761-4285",
    "131052-308T",
    "01010750160",
    "529.982.247-25",
    "RSSMRA85T10A562S",
    "900101-1234568",
]
NAMED_IDS = [
    "personnummer 20240115-0301",
    "150124-0900 is her CPR number.",
    "PAN ABCPX1234K",
    "SSN 078-05-1120",
    "NI number AB123456C",
]


@pytest.mark.parametrize("text", NO_SECRETS)
def test_a_lesson_about_sign_in_is_no_secret(text):
    verdict = screen(text)

    assert not verdict.refused
    assert not verdict.held


@pytest.mark.parametrize("text", SECRETS)
def test_a_real_sign_in_is_a_secret(text):
    assert screen(text).refused


@pytest.mark.parametrize("text", NO_IDS)
def test_a_timestamp_or_a_part_is_nobodys_number(text):
    verdict = screen(text)

    assert not verdict.refused
    assert not verdict.held


@pytest.mark.parametrize("text", HOTLINES)
def test_a_telephone_number_after_the_name_of_a_document_is_no_id(text):
    assert not screen(text).refused


@pytest.mark.parametrize("text", [*UNNAMED_IDS, *NAMED_IDS])
def test_an_id_counts_by_its_check_digit_or_by_its_name(text):
    assert identities(text)
    assert screen(text).refused


@pytest.mark.parametrize("wrong", ["811218-9875", "070761-4286", "131052-308U"])
def test_a_number_of_wrong_check_digit_and_no_name_is_none(wrong):
    assert not screen(wrong).refused


def test_a_number_that_only_looks_like_an_id_is_for_a_moderator():
    verdict = screen("It is 123-45-6789.")

    assert verdict.held
    assert not verdict.refused

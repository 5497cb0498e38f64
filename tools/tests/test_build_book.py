"""What becomes of the pages' links, and which dead ones are found."""

import tempfile
import unittest
from pathlib import Path

from build_book import build, dead_links, relinked
from pinned_environment import SetupError


class RelinkedTest(unittest.TestCase):
    """Pages of two folders become pages of one."""

    def assert_linked(self, page: str, text: str, expected: str) -> None:
        self.assertEqual(relinked(Path(page), text), expected)

    def test_pages_outside_of_docs(self) -> None:
        self.assert_linked(
            "README.md", "[a](docs/check.md#x) and ![b](docs/graph.svg)", "[a](check.md#x) and ![b](graph.svg)"
        )
        self.assert_linked("docs/check.md", "[`a`](../README.md)", "[`a`](README.md)")

    def test_pages_of_docs(self) -> None:
        same = "[a](diff.md), [b](#there), [c](https://example.com/x.md)"
        self.assert_linked("docs/check.md", same, same)
        self.assert_linked("docs/rules/a.md", "[a](../check.md)", "[a](../check.md)")

    def test_a_link_to_a_source_is_its_text(self) -> None:
        self.assert_linked("docs/check.md", "see [the *sources*](../src) now", "see the *sources* now")
        self.assert_linked("docs/check.md", "[gone](../nowhere.rs)", "[gone](../nowhere.rs)")

    def test_code_is_left_alone(self) -> None:
        same = "`[a](../src)`\n```sh\n[b](../src)\n```\n"
        self.assert_linked("docs/check.md", same, same)


class BookTest(unittest.TestCase):
    """A book of two pages, built by the pinned mdBook."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.write("book.toml", '[book]\nsrc = "."\n[build]\ncreate-missing = false\n')
        self.write("SUMMARY.md", "# Summary\n\n- [One](one.md)\n- [Two](two.md)\n")
        self.write("one.md", "# One\n\n## Part\n")
        self.write("two.md", "# Two\n\n[part](one.md#part)\n")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def dead(self) -> list[str]:
        build(self.folder, self.folder / "book")
        return list(dead_links(self.folder / "book"))

    def test_living_links(self) -> None:
        self.assertEqual(self.dead(), [])

    def test_a_heading_that_is_not_there(self) -> None:
        self.write("two.md", "[part](one.md#parts)\n")
        self.assertEqual(self.dead(), ["two.html: one.html#parts: no such heading"])

    def test_a_page_that_is_not_there(self) -> None:
        self.write("two.md", "[three](three.md) ![four](four.svg)\n")
        dead = ["two.html: three.html: no such page", "two.html: four.svg: no such page"]
        self.assertEqual(self.dead(), dead)

    def test_a_page_that_is_in_the_contents_only(self) -> None:
        (self.folder / "two.md").unlink()
        with self.assertRaisesRegex(SetupError, "two.md"):
            self.dead()


if __name__ == "__main__":
    unittest.main()

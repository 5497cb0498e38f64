"""The checks of what was restored."""

import unittest

from backup_verification_tests.support import RECEIPTS_KEY, World, job, receipt


class Cluster(unittest.TestCase):
    def setUp(self):
        self.world = World()

    def problems(self):
        return self.world.cluster_check().check(job("Aurora")).problems

    def test_a_good_one_and_what_was_not_looked_at(self):
        findings = self.world.cluster_check().check(job("Aurora"))
        self.assertEqual(findings.problems, ())
        self.assertIn("aurora-postgresql 17.7", findings.message)
        self.assertIn("no row was read", findings.message)

    def test_a_newer_minor_of_the_live_cluster_is_fine(self):
        self.world.live_cluster["EngineVersion"] = "17.11"
        self.assertEqual(self.problems(), ())

    def test_a_live_replica_that_does_not_name_its_administrator_is_fine(self):
        del self.world.live_cluster["MasterUsername"]
        self.assertEqual(self.problems(), ())

    def test_what_is_wrong_is_named(self):
        for changes, words in [
            ({"Status": "creating"}, "its status is creating"),
            ({"StorageEncrypted": False}, "not encrypted"),
            ({"KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/other"}, "not encrypted"),
            ({"Engine": "aurora-mysql"}, "aurora-mysql 17.7 where the live cluster is"),
            ({"EngineVersion": "16.8"}, "16.8 where the live cluster is aurora-postgresql 17.7"),
            ({"MasterUsername": "somebody"}, "administrator"),
        ]:
            with self.subTest(words):
                self.world = World()
                self.world.restored_cluster |= changes
                (problem,) = self.problems()
                self.assertIn(words, problem)


class Table(unittest.TestCase):
    def setUp(self):
        self.world = World()

    def findings(self, **fields):
        return self.world.table_check().check(job("DynamoDB", **fields))

    def test_a_good_one(self):
        self.assertEqual(self.findings().message, "table; 1 items were read")

    def test_an_empty_backup_restores_an_empty_table(self):
        self.world.items = []
        self.assertEqual(self.findings(backup_bytes=0).problems, ())

    def test_a_backup_with_items_does_not(self):
        self.world.items = []
        self.assertIn("4096 bytes", self.findings().message)

    def test_what_is_wrong_is_named(self):
        other_key = [{"AttributeName": "id", "KeyType": "HASH"}]
        for changes, words in [
            ({"TableStatus": "CREATING"}, "its status is CREATING"),
            ({"KeySchema": other_key}, "its key is not the live table's"),
            ({"SSEDescription": {}}, "not encrypted"),
        ]:
            with self.subTest(words):
                self.world = World()
                self.world.restored_table |= changes
                (problem,) = self.findings().problems
                self.assertIn(words, problem)

    def test_an_item_without_its_key(self):
        self.world.items.append({"expires_at": {"N": "1"}})
        self.assertEqual(self.findings().problems, ("an item lacks its key",))


class Bucket(unittest.TestCase):
    def setUp(self):
        self.world = World()

    def findings(self, **fields):
        return self.world.bucket_check().check(job("S3", **fields))

    def test_a_good_one(self):
        self.assertEqual(self.findings().message, "bucket of 12 objects; 5 receipts were read")

    def test_the_sample_is_spread_and_the_same_every_time(self):
        self.findings()
        self.findings()
        self.assertEqual(self.world.read[:5], self.world.read[5:])
        self.assertEqual(len(set(self.world.read)), 5)

    def test_more_than_a_page(self):
        self.world.objects = {f"receipts/p-{n}.json": receipt(f"p-{n}") for n in range(1001)}
        self.assertIn("bucket of 1000 or more objects", self.findings().message)

    def test_an_empty_backup_restores_an_empty_bucket(self):
        self.world.objects = {}
        self.assertEqual(self.findings(backup_bytes=0).problems, ())
        self.assertIn("no objects", self.findings().message)

    def test_evidence_of_drills_is_no_receipt(self):
        self.world.objects = {"drills/1.json": b"{}"}
        self.assertEqual(self.findings().message, "bucket of 1 objects; 0 receipts were read")

    def test_what_is_wrong_is_named_with_the_object(self):
        for content, words in [
            (receipt("another"), "not the receipt"),
            (b"{", "not the receipt"),
            (b"\xff", "not the receipt"),
            (b"[]", "not the receipt"),
        ]:
            with self.subTest(content):
                self.world.objects = {"receipts/p-1.json": content}
                (problem,) = self.findings().problems
                self.assertIn(words, problem)
                self.assertIn("receipts/p-1.json", problem)

    def test_another_key(self):
        self.world.object_key = RECEIPTS_KEY + "0"
        self.assertEqual(len(self.findings().problems), 5)


if __name__ == "__main__":
    unittest.main()

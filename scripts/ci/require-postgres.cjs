// Stops `npm run test:postgres` where it would silently test the embedded engine once more.
if (!process.env.CANDOR_TEST_DATABASE_URL) {
  console.error(
    "CANDOR_TEST_DATABASE_URL is not set: name a PostgreSQL server whose role may create databases,\n" +
      "or start one for the run with scripts/ci/with-postgres npm run test:postgres",
  );
  process.exit(64);
}

// Rows of faults go in; a test for each comes out, and one for the money of all of them together.
import assert from 'node:assert/strict';
import { runRow, type FaultRow } from './invariants';

/** Milliseconds: half a gigabyte that somebody sends takes a while on a busy machine. Each row has its own limit too. */
const patience = 240_000;

export function describeRows(section: FaultRow['section'], rows: readonly FaultRow[]): void {
  describe(`faults: ${section}`, function () {
    this.timeout(patience);
    const counted: { readonly name: string; readonly billable: number }[] = [];

    for (const row of rows) {
      const name = `${row.row}: ${row.what}`;
      it(name, async () => {
        assert.equal(row.section, section);
        await runRow(row, (billable) => counted.push({ name, billable }));
      });
    }

    it('all of them cost one billable request for each click at most, by the count of the servers', () => {
      assert.equal(counted.length, rows.length, 'a row was not counted');
      assert.deepEqual(
        counted.filter(({ billable }) => billable > 1),
        [],
      );
      const paid = counted.filter(({ billable }) => billable === 1).length;
      // A server that counts nothing would prove nothing.
      assert.equal(paid, rows.filter(({ billable }) => billable === 1).length);
      assert.notEqual(paid, 0);
    });
  });
}

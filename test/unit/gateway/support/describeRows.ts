// Rows of faults go in; a test for each comes out, and one for the money of all of them together.
import assert from 'node:assert/strict';
import { longOr } from '../../../support/long';
import { runRow, type FaultRow } from './invariants';

/** Milliseconds: half a gigabyte takes a while on a busy machine. Each row has its own limit too. */
const patience = longOr(240_000, 60_000);

export function describeRows(section: FaultRow['section'], rows: readonly FaultRow[]): void {
  describe(`faults: ${section}`, function () {
    this.timeout(patience);
    const begun: FaultRow[] = [];
    const counted: { readonly row: FaultRow; readonly billable: number }[] = [];

    for (const row of rows) {
      it(nameOf(row), async () => {
        assert.equal(row.section, section);
        begun.push(row);
        await runRow(row, (billable) => counted.push({ row, billable }));
      });
    }

    // It judges the rows that ran before it: with --grep some of them, or none.
    it('all of them cost one billable request for each click at most, by the count of the servers', () => {
      assert.deepEqual(
        counted.map(({ row }) => nameOf(row)),
        begun.map(nameOf),
        'a row was not counted',
      );
      assert.deepEqual(
        counted.filter(({ billable }) => billable > 1).map(({ row }) => nameOf(row)),
        [],
      );
      // A server that counts nothing would prove nothing.
      assert.ok(rows.some(({ billable }) => billable === 1));
      assert.deepEqual(
        counted.filter(({ billable }) => billable === 1).map(({ row }) => nameOf(row)),
        begun.filter(({ billable }) => billable === 1).map(nameOf),
      );
    });
  });
}

function nameOf({ row, what }: FaultRow): string {
  return `${row}: ${what}`;
}

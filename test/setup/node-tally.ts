import type { TestEvent } from 'node:test/reporters'

/** Ends a run of node:test with the line that test/setup/tally.ts ends a run of vitest with. */
export default async function* nodeTally(events: AsyncIterable<TestEvent>) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    // A suite is the sum of its tests.
    if (data.details.type === 'suite') continue
    if (type === 'test:fail') counts.failed += 1
    else if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1
    else counts.passed += 1
  }
  const { passed, failed, skipped } = counts
  yield `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`
}

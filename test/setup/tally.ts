import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends a run with one plain line, which scripts/ci.ts adds up; what failed outside of any test counts too. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        if (state === 'failed') failed += 1
        if (state === 'skipped') skipped += 1
      }
      failed += module.errors().length
    }
    process.stdout.write(
      `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
    )
  }
}

import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

// The published documents are tried on at least as many answers, and as many frames.
const ENOUGH = 2000

/** Ends a run with one plain line, which scripts/ci.ts adds up; what failed outside of any test counts too. */
export default class Tally implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
  ): Promise<void> {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    let answers = 0
    let frames = 0
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        const { checked } = test.meta()
        answers += checked?.answers ?? 0
        frames += checked?.frames ?? 0
        if (state === 'passed') passed += 1
        if (state === 'failed') failed += 1
        if (state === 'skipped') skipped += 1
      }
      failed += module.errors().length
    }
    if (answers > 0) {
      console.log(`${answers} answers and ${frames} frames held against the published documents`)
    }
    if ((await this.#isWhole(modules)) && Math.min(answers, frames) < ENOUGH) {
      console.log(`The whole suite holds at least ${ENOUGH} of each.`)
      failed += 1
      process.exitCode = 1
    }
    process.stdout.write(
      `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
    )
  }

  async #isWhole(modules: readonly TestModule[]): Promise<boolean> {
    const isPart = process.env.FAST || process.env.SUITE
    if (!this.#vitest || isPart || this.#vitest.config.testNamePattern) return false
    const all = await this.#vitest.globTestSpecifications()
    return modules.length === all.length
  }
}

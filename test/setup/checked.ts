import { afterEach } from 'vitest'
import { checked } from '../fixtures/traffic'

declare module 'vitest' {
  interface TaskMeta {
    /** How much of the service's traffic a test held against the published documents. */
    checked?: { answers: number; frames: number }
  }
}

afterEach(({ task }) => {
  const { answers, frames } = checked
  const violations = checked.violations.splice(0)
  Object.assign(checked, { answers: 0, frames: 0 })
  task.meta.checked = { answers, frames }
  if (violations[0]) throw new Error(`${violations.length} violations, the first: ${violations[0]}`)
})

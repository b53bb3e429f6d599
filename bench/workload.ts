import type { Row } from './report'
import type { Pool } from './runtime/pool'

/** What a workload runs with. */
export interface Bench {
  rounds: number
  /** Another checkout, beside which this one is measured. */
  against: string | undefined
  /** Servers started from it are stopped after the workload. */
  pool: Pool
  progress: (text: string) => void
}

export interface Workload {
  name: string
  run: (bench: Bench) => Promise<Row[]>
}

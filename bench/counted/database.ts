import { intercepted } from '../runtime/intercepted'
import { counts } from './counts'

/** The database, counting each statement that is run. */
export const counted = (database: D1Database): D1Database =>
  intercepted(database, async (run, statements) => {
    const result = await run()
    counts.statements += statements
    counts.directoryRows += [result].flat().reduce((sum, one) => sum + rowsOf(one), 0)
    return result
  })

/** `raw` and `first` answer without the count of rows; neither is used for writing. */
const rowsOf = (result: unknown): number =>
  ((result ?? {}) as { meta?: D1Meta }).meta?.rows_written ?? 0

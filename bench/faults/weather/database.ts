import { intercepted } from '../../runtime/intercepted'
import { weather } from './weather'

/** The database, as slow or as dead as the weather is. */
export const exposed = (database: D1Database): D1Database =>
  intercepted(database, async (run) => {
    if (weather.delayMs > 0) await scheduler.wait(weather.delayMs)
    // As D1 says it when it cannot be reached.
    if (weather.isDown) throw new Error('D1_ERROR: Network connection lost.')
    return run()
  })

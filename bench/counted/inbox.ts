import { Inbox as Real } from '../../src/inbox/inbox'
import { countRows, counts } from './counts'
import { counted } from './database'

/** The inbox, counting what it is told and what it asks D1 and rooms. */
export class Inbox extends Real {
  constructor(ctx: DurableObjectState, env: Env) {
    counts.inboxWakes += 1
    countRows(ctx.storage.sql)
    super(ctx, { ...env, DB: counted(env.DB) })
  }

  override alarm(): Promise<void> {
    counts.alarms += 1
    return super.alarm()
  }

  override tell(...news: Parameters<Real['tell']>): ReturnType<Real['tell']> {
    counts.tells += 1
    return super.tell(...news)
  }
}

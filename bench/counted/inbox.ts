import { Inbox as Real } from '../../src/inbox/inbox'
import { countRows, counts } from './counts'
import { counted } from './database'

/** Whether inboxes only remember the last that they were told, and what that is. */
export const memory = { isAll: false, news: new Map<string, unknown>() }

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
    if (memory.isAll) {
      for (const one of news) memory.news.set(this.ctx.id.toString(), one)
      return {}
    }
    return super.tell(...news)
  }
}

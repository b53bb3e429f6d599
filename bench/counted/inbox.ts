import { WorkerEntrypoint } from 'cloudflare:workers'
import { Inbox as Real } from '../../src/inbox/inbox'
import type { NewsAnswer, RoomNews } from '../../src/inbox/room-news'
import { countRows, counts } from './counts'
import { counted } from './database'

/** Whether rooms tell the memory below instead of inboxes. */
export const memory = { isAll: false, news: new Map<string, RoomNews>() }

/** Stands for all inboxes: remembers the last that each was told. Inboxes are on other machines; what they cost is not the room's. */
export class Memory extends WorkerEntrypoint<Env> {
  tell(userId: string, news: RoomNews): NewsAnswer {
    counts.tells += 1
    memory.news.set(userId, news)
    return {}
  }
}

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

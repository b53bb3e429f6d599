import type { RoomNews } from '../../src/inbox/room-news'
import { ChatRoom as Room } from '../../src/room/chat-room'
import { countRows, counts } from './counts'
import { counted } from './database'
import { type Memory, memory } from './inbox'

/** The room, counting when it wakes, what it is given and which rows it writes. */
export class ChatRoom extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    counts.wakes += 1
    countRows(ctx.storage.sql)
    super(ctx, {
      ...env,
      DB: counted(env.DB),
      INBOXES: memory.isAll ? remembering(ctx) : env.INBOXES,
    })
  }

  override watch(...asked: Parameters<Room['watch']>): ReturnType<Room['watch']> {
    counts.watches += 1
    return super.watch(...asked)
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void | Promise<void> {
    counts.frames += 1
    return super.webSocketMessage(socket, frame)
  }

  override alarm(): Promise<void> {
    counts.alarms += 1
    return super.alarm()
  }
}

/** In the place of the inboxes; each call is one to another Worker, as a call of an inbox is one to another object. */
const remembering = ({ exports }: DurableObjectState) =>
  ({
    idFromName: (userId: string) => userId,
    get: (userId: string) => ({
      tell: (news: RoomNews) =>
        (exports as unknown as { Memory: Service<Memory> }).Memory.tell(userId, news),
    }),
  }) as unknown as Env['INBOXES']

import { ChatRoom as Room } from '../../src/room/chat-room'
import { countRows, counts } from './counts'
import { counted } from './database'

/** The room, counting when it wakes, what it is given and which rows it writes. */
export class ChatRoom extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    counts.wakes += 1
    countRows(ctx.storage.sql)
    super(ctx, { ...env, DB: counted(env.DB) })
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

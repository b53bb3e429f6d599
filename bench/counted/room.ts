import { ChatRoom as Room } from '../../src/room/chat-room'
import { counts } from './counts'
import { counted } from './database'

/** The room, counting when it wakes, what it is given and which rows it writes. */
export class ChatRoom extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    counts.wakes += 1
    const { sql } = ctx.storage
    const exec = sql.exec.bind(sql)
    Object.defineProperty(sql, 'exec', {
      value: (...statement: Parameters<SqlStorage['exec']>) => {
        const cursor = exec(...statement)
        counts.rows += cursor.rowsWritten
        return cursor
      },
    })
    super(ctx, { ...env, DB: counted(env.DB) })
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

import { DurableObject } from 'cloudflare:workers'

interface Post {
  author: string
  nonce: string
  text: string
}

// As the service, which tells its index so often.
const INDEX_INTERVAL_MS = 5000

/** What a room of the floor may be told to do beside sending. */
export interface RoomEnv {
  /** Whether commits are left to the platform. */
  GATHERS?: string
  /** Whether a room that gets messages over sockets asks D1 for something every five seconds. */
  INDEXES?: string
  DB: D1Database
}

/** The least a room can do: a row and a commit for each message, and a frame for each message and socket. */
export class FloorRoom extends DurableObject<RoomEnv> {
  /** The commit of the last message. */
  #last: Promise<void> = Promise.resolve()
  #indexDueAt = 0

  constructor(ctx: DurableObjectState, env: RoomEnv) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    ctx.storage.sql.exec(
      `create table if not exists messages
        (seq integer primary key, author text, nonce text, text text, created_at integer)`,
    )
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('Upgrade')) return this.#open()
    if (request.method === 'POST') {
      const message = await request.json<Post>()
      return new Response(await this.#inTurn(() => this.#post(message)))
    }
    const before = Number(new URL(request.url).searchParams.get('before'))
    return Response.json(
      this.ctx.storage.sql
        .exec('select * from messages where seq < ? order by seq desc limit 50', before)
        .toArray(),
    )
  }

  override async webSocketMessage(_: WebSocket, frame: string): Promise<void> {
    await this.#inTurn(() => this.#post(JSON.parse(frame)))
    if (this.env.INDEXES) this.#index(Date.now())
  }

  #open(): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  /** The least that an index in D1 takes while messages come. */
  #index(now: number): void {
    if (now < this.#indexDueAt) return
    this.#indexDueAt = now + INDEX_INTERVAL_MS * (0.75 + Math.random() / 2)
    this.ctx.waitUntil(this.env.DB.prepare('select 1').all())
  }

  /** One message, one commit: left alone, the platform makes one of all that is ready in the same turn. */
  #inTurn(post: () => string): Promise<string> {
    if (this.env.GATHERS) return Promise.resolve(post())
    const done = this.#last.then(post)
    this.#last = done.then(() => this.ctx.storage.sync())
    return done
  }

  #post({ author, nonce, text }: Post): string {
    const createdAt = Date.now()
    const { seq } = this.ctx.storage.sql
      .exec<{ seq: number }>(
        'insert into messages (author, nonce, text, created_at) values (?, ?, ?, ?) returning seq',
        author,
        nonce,
        text,
        createdAt,
      )
      .one()
    const event = JSON.stringify({ seq, author, nonce, text, createdAt })
    for (const socket of this.ctx.getWebSockets()) socket.send(event)
    return event
  }
}

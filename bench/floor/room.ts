import { DurableObject } from 'cloudflare:workers'

interface Post {
  author: string
  nonce: string
  text: string
}

/** The least a room can do: a row for each message, and a frame for each message and socket. */
export class FloorRoom extends DurableObject<object> {
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    ctx.storage.sql.exec(
      `create table if not exists messages
        (seq integer primary key, author text, nonce text, text text, created_at integer)`,
    )
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('Upgrade')) return this.#open()
    if (request.method === 'POST') return new Response(this.#post(await request.json()))
    const before = Number(new URL(request.url).searchParams.get('before'))
    return Response.json(
      this.ctx.storage.sql
        .exec('select * from messages where seq < ? order by seq desc limit 50', before)
        .toArray(),
    )
  }

  override webSocketMessage(_: WebSocket, frame: string): void {
    this.#post(JSON.parse(frame))
  }

  #open(): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
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

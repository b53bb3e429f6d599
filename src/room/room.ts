import { DurableObject } from 'cloudflare:workers'
import { open } from '../directory/directory'
import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import type { Events, EventsQuery } from '../schemas/events'
import type { Member } from '../schemas/members'
import type { Message, Messages, MessagesQuery, NewMessage } from '../schemas/messages'
import type { ReadMarker, ReadState } from '../schemas/read-markers'
import type { NewRoom, Room, RoomPatch } from '../schemas/rooms'
import type { Version } from '../schemas/versions'
import * as admission from './admission'
import { type Answer, answer } from './answer'
import { type Assembly, assemble } from './assembly'
import * as changes from './changes'
import * as connections from './connections'
import * as creation from './creation'
import * as deletion from './deletion'
import * as erasures from './erasures'
import * as inbox from './inbox'
import * as jobs from './jobs'
import * as markers from './markers'
import type { Place } from './members'
import * as membership from './membership'
import * as people from './people'
import * as posting from './posting'
import * as reading from './reading'
import * as storage from './storage'

/** One room: its storage, its order, its sockets. Every public method is RPC or a handler of the runtime. */
export class ChatRoom extends DurableObject<Env> {
  #assembly: Assembly | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    if (!storage.exists(ctx.storage.sql)) return
    this.#assembly = assemble(ctx, env)
    // An alarm that failed too often is given up by the runtime; the jobs are not.
    jobs.arm(ctx.storage)
  }

  /** Whether objects answer at all; touches no storage. */
  ping(): void {}

  create(roomId: string, userId: string, room: NewRoom): Promise<Answer<Room>> {
    return answer(async () => {
      const owner = await admission.read(open(this.env.DB), userId)
      creation.create(this.ctx, roomId, owner, room, Date.now())
      this.#assembly ??= assemble(this.ctx, this.env)
      await this.#assembly.outbox.settle(Date.now())
      return reading.room(this.#assembly.state, userId)
    })
  }

  readRoom(userId: string): Promise<Answer<Room>> {
    return answer(() => reading.room(this.#room.state, userId))
  }

  changeRoom(userId: string, patch: RoomPatch): Promise<Answer<Room>> {
    return answer(async () => {
      const { flush, outbox, state } = this.#room
      await flush.ask(() => changes.change(state, userId, patch, Date.now()))
      await outbox.settle(Date.now())
      return reading.room(state, userId)
    })
  }

  deleteRoom(userId: string): Promise<Answer<void>> {
    return answer(async () => {
      const { flush, outbox, state, sockets } = this.#room
      await flush.ask(() => deletion.request(state, sockets, userId, Date.now()))
      await outbox.settle(Date.now())
    })
  }

  join(userId: string): Promise<Answer<Room>> {
    return answer(async () => {
      const { admission, flush, outbox, state } = this.#room
      const profile = await admission.profileOf(userId)
      await flush.ask(() => membership.enter(state, userId, profile, Date.now()))
      await outbox.settle(Date.now())
      return reading.room(state, userId)
    })
  }

  leave(userId: string): Promise<Answer<void>> {
    return answer(async () => {
      const { flush, outbox, state } = this.#room
      await flush.ask(() => membership.exit(state, userId, Date.now()))
      await outbox.settle(Date.now())
    })
  }

  listMembers(
    userId: string,
    after: Place | null,
    limit: number,
  ): Promise<Answer<{ items: Member[]; next: Place | null }>> {
    return answer(() => {
      const { state, sockets } = this.#room
      return reading.roster(state, sockets, userId, after, limit)
    })
  }

  postMessage(userId: string, message: NewMessage): Promise<Answer<posting.Posted>> {
    return answer(async () => {
      const { admission, flush, outbox, state } = this.#room
      const profile = await admission.profileOf(userId)
      const posted = await flush.ask(() =>
        posting.post(state, userId, profile, message, Date.now()),
      )
      if (profile) await outbox.settle(Date.now())
      return posted
    })
  }

  listMessages(userId: string, query: MessagesQuery): Promise<Answer<Messages>> {
    return answer(() => reading.page(this.#room.state, userId, query))
  }

  readMessage(userId: string, seq: number): Promise<Answer<Message>> {
    return answer(() => reading.message(this.#room.state, userId, seq))
  }

  editMessage(userId: string, seq: number, text: string): Promise<Answer<Message>> {
    return answer(async () => {
      const { flush, state } = this.#room
      const edited = await flush.ask(() => posting.edit(state, userId, seq, text, Date.now()))
      return edited.message
    })
  }

  deleteMessage(userId: string, seq: number): Promise<Answer<void>> {
    return answer(async () => {
      const { flush, state } = this.#room
      await flush.ask(() => posting.remove(state, userId, seq, Date.now()))
    })
  }

  listVersions(userId: string, seq: number): Promise<Answer<Version[]>> {
    return answer(() => reading.versionsOf(this.#room.state, userId, seq))
  }

  moveMarker(userId: string, marker: ReadMarker): Promise<Answer<ReadState>> {
    return answer(() => {
      const { flush, state } = this.#room
      return flush.ask(() => markers.move(state, userId, marker, Date.now()))
    })
  }

  listEvents(userId: string, query: EventsQuery): Promise<Answer<Events>> {
    return answer(() => reading.events(this.#room.state, userId, query))
  }

  /** Brings the directory's index up to `seq` at least, if this room ever got there. */
  syncIndex(seq: number): Promise<Answer<void>> {
    return answer(() => this.#room.outbox.reach(seq))
  }

  /** Brings the room's copy of a person up to date; harmless when repeated or late. */
  applyProfile(profile: Profile): Promise<Answer<void>> {
    return answer(async () => {
      const { flush, state, sockets } = this.#room
      await flush.ask(() => people.apply(state, sockets, profile, Date.now()))
    })
  }

  /** Opens a socket. The request is made by the route: who it is stands in headers, proven there. */
  override async fetch(request: Request): Promise<Response> {
    const opened = await answer(() => {
      const userId = request.headers.get('X-User-Id') ?? ''
      const expiresAt = Number(request.headers.get('X-Expires-At'))
      const after = new URL(request.url).searchParams.get('after')
      const place = after === null ? null : Number(after)
      return connections.connect(this.#room, { userId, expiresAt }, place, Date.now())
    })
    if (!opened.ok) return Response.json(opened)
    return new Response(null, { status: 101, webSocket: opened.value })
  }

  override async webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    await inbox.receive(this.#room, socket, frame, Date.now())
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#assembly?.sockets.forget(socket)
    // Echoing a close is the application's duty; these codes never travel.
    if (socket.readyState === WebSocket.OPEN || socket.readyState === WebSocket.CLOSING) {
      if ([1005, 1006, 1015].includes(code)) socket.close(1000)
      else socket.close(code, reason)
    }
  }

  override webSocketError(socket: WebSocket): void {
    this.#assembly?.sockets.forget(socket)
  }

  override async alarm(): Promise<void> {
    if (!this.#assembly) return
    const { outbox } = this.#assembly
    for (const job of jobs.due(this.ctx.storage.sql, Date.now())) {
      if (job.kind === 'index') await outbox.flush()
      if (job.kind === 'sockets') this.#assembly.sweepSockets(Date.now())
      if (job.kind === 'purge') erasures.purge(this.ctx.storage, job.key, Date.now())
      if (job.kind === 'delete' && (await deletion.finish(this.ctx.storage, outbox, Date.now()))) {
        this.#assembly = null
        return
      }
    }
    jobs.arm(this.ctx.storage)
  }

  get #room(): Assembly {
    if (this.#assembly && !this.#assembly.state.isDeleted) return this.#assembly
    throw new ApiError('not_found', 'There is no such room.')
  }
}

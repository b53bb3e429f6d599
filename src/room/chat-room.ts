import { DurableObject } from 'cloudflare:workers'
import { open } from '../directory/database'
import type { DmAccess } from '../directory/dm-access'
import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import type { MediaMetadata } from '../media/inspect'
import type { MultipartState } from '../media/multipart'
import type { Step } from '../schemas/batches'
import type { MediaKind } from '../schemas/media'
import type { MemberPatch } from '../schemas/members'
import type { ReadMarker } from '../schemas/read-markers'
import type { SearchPreparing } from '../schemas/search'
import { type Answer, answer, read, respond } from './client'
import * as contacts from './commands/apply-dm-access'
import * as people from './commands/apply-profile'
import * as batches from './commands/batch'
import * as erasures from './commands/bulk-delete'
import * as creation from './commands/create-room'
import * as deletion from './commands/delete-room'
import * as editing from './commands/edit-message'
import * as membership from './commands/join-leave'
import * as door from './commands/manage-access'
import * as moderation from './commands/moderate'
import * as pinning from './commands/pin-message'
import * as posting from './commands/post-message'
import * as reacting from './commands/react'
import * as markers from './commands/read-marker'
import * as avatars from './commands/set-avatar'
import * as resuming from './commands/tus-upload'
import * as changes from './commands/update-room'
import * as uploading from './commands/upload'
import type { Outcome } from './commit/commit-queue'
import { type Assembly, assemble } from './context'
import { runJobs } from './job-runner'
import type { Caller } from './policy/authorize'
import type { Keys } from './policy/join-policy'
import * as admission from './policy/profile-loader'
import * as browsing from './queries/messages'
import * as reading from './queries/room'
import * as indexing from './search/index-job'
import * as searching from './search/search'
import * as attachments from './store/attachments'
import type { NewInvite } from './store/invites'
import * as jobs from './store/jobs'
import type * as media from './store/media'
import type { Place } from './store/members'
import type * as pins from './store/pins'
import * as storage from './store/schema'
import type { Change, Founding } from './store/settings'
import type { Plan } from './store/uploads'
import * as connections from './transport/connect'
import * as inbox from './transport/frame-handler'
import * as requests from './transport/internal-fetch'

/** One room: its storage, its order, its sockets. Every public method is RPC or a handler of the runtime. */
export class ChatRoom extends DurableObject<Env> {
  #assembly: Assembly | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    if (!storage.exists(ctx.storage.sql)) return
    this.#assembly = assemble(ctx, env)
    jobs.revive(ctx.storage, Date.now())
  }

  /** Whether objects answer at all; touches no storage. */
  ping(): void {}

  create(roomId: string, userId: string, room: Founding) {
    return answer(async () => {
      const owner = await admission.read(open(this.env.DB), userId)
      creation.create(this.ctx, roomId, owner, room, Date.now())
      this.#assembly ??= assemble(this.ctx, this.env)
      await this.#assembly.outbox.settle()
      return reading.room(this.#assembly.state, { userId }, Date.now())
    })
  }

  /** Finds or makes the room of two people, and tells whether it is new. */
  createDirect(roomId: string, userId: string, otherId: string) {
    return answer(async () => {
      const directory = open(this.env.DB)
      const two = await admission.readTwo(directory, userId, otherId)
      const isNew = creation.createDirect(this.ctx, roomId, two, Date.now())
      this.#assembly ??= assemble(this.ctx, this.env)
      const { flush, outbox, state } = this.#assembly
      // A change since then found no room, nor a row of it in the index: so first the row, then look again.
      if (outbox.isBehind()) await outbox.flush()
      const { contact } = isNew ? await admission.readTwo(directory, userId, otherId) : two
      await flush.ask(() => contacts.apply(state, contact, Date.now()))
      return { room: reading.room(state, { userId }, Date.now()), isNew }
    })
  }

  readRoom(caller: Caller) {
    return this.#read(({ state }, now) => reading.room(state, caller, now))
  }

  changeRoom(caller: Caller, change: Change, reason: string | undefined) {
    return this.#decide(({ state, sockets }, now) =>
      changes.change(state, sockets, caller, change, reason, now),
    )
  }

  deleteRoom(caller: Caller) {
    return this.#decide(({ state, sockets }, now) => deletion.request(state, sockets, caller, now))
  }

  /** The room's password as a hash, for one more try at it. */
  tryPassword(caller: Caller) {
    return this.#read(({ state }, now) => door.tryPassword(state, caller, now))
  }

  async join(caller: Caller, keys: Keys): Promise<Answer<null>> {
    return this.#admit(caller, ({ state }, profile, now) =>
      membership.enter(state, caller, profile, keys, now),
    )
  }

  leave(caller: Caller) {
    return this.#decide(({ state, sockets }, now) => membership.exit(state, sockets, caller, now))
  }

  listMembers(caller: Caller, after: Place | null, limit: number) {
    return this.#read(({ state, sockets }, now) =>
      reading.roster(state, sockets, caller, after, limit, now),
    )
  }

  addMember(caller: Caller, profile: Profile, isWilling: boolean) {
    return this.#decide(({ state }, now) => moderation.add(state, caller, profile, isWilling, now))
  }

  changeMember(caller: Caller, userId: string, patch: MemberPatch) {
    return this.#decide(({ state }, now) => moderation.change(state, caller, userId, patch, now))
  }

  readMember(caller: Caller, userId: string) {
    return this.#read(({ state, sockets }, now) =>
      reading.member(state, sockets, caller, userId, now),
    )
  }

  removeMember(caller: Caller, userId: string, reason: string | undefined) {
    return this.#decide(({ state, sockets }, now) =>
      moderation.remove(state, sockets, caller, userId, reason, now),
    )
  }

  ban(caller: Caller, profile: Profile, terms: moderation.Terms) {
    return this.#decide(({ state, sockets }, now) =>
      moderation.ban(state, sockets, caller, profile, terms, now),
    )
  }

  unban(caller: Caller, userId: string) {
    return this.#decide(({ state }, now) => moderation.unban(state, caller, userId, now))
  }

  listBans(caller: Caller, after: string, limit: number) {
    return this.#read(({ state }, now) => door.listBans(state, caller, after, limit, now))
  }

  allow(caller: Caller, profile: Profile) {
    return this.#decide(({ state }, now) => door.allow(state, caller, profile, now))
  }

  disallow(caller: Caller, userId: string) {
    return this.#decide(({ state, sockets }, now) =>
      moderation.disallow(state, sockets, caller, userId, now),
    )
  }

  listAllowed(caller: Caller, after: string, limit: number) {
    return this.#read(({ state }, now) => door.listAllowed(state, caller, after, limit, now))
  }

  createInvite(caller: Caller, invite: NewInvite) {
    return this.#decide(({ state }, now) => door.invite(state, caller, invite, now))
  }

  revokeInvite(caller: Caller, id: string) {
    return this.#decide(({ state }, now) => door.revoke(state, caller, id, now))
  }

  listInvites(caller: Caller, after: string, limit: number) {
    return this.#read(({ state }, now) => door.listInvites(state, caller, after, limit, now))
  }

  previewInvite(caller: Caller, hash: string) {
    return this.#read(({ state }, now) => door.preview(state, caller, hash, now))
  }

  listAudit(caller: Caller, before: number, limit: number) {
    return this.#read(({ state }, now) => reading.auditLog(state, caller, before, limit, now))
  }

  postMessage(caller: Caller, message: posting.Draft): Promise<Answer<posting.Posted>> {
    return this.#admit(
      caller,
      ({ state }, profile, now) => posting.post(state, caller, profile, message, now),
      true,
    )
  }

  /** Several commands as one commit. */
  runBatch(caller: Caller, batch: { steps: Step[]; ifSeq?: number | undefined }) {
    return this.#admit(caller, ({ state }, profile, now) =>
      batches.run(state, caller, profile, batch, now),
    )
  }

  readMessage(caller: Caller, seq: number) {
    return this.#read(({ state }, now) => browsing.message(state, caller, seq, now))
  }

  /** Those of some messages that are not deleted. */
  readMessages(caller: Caller, seqs: number[]) {
    return this.#read(({ state }, now) => browsing.those(state, caller, seqs, now))
  }

  listVersions(caller: Caller, seq: number) {
    return this.#read(({ state }, now) => browsing.versionsOf(state, caller, seq, now))
  }

  editMessage(caller: Caller, seq: number, text: string) {
    return this.#run(({ state }, now) => editing.edit(state, caller, seq, text, now))
  }

  deleteMessage(caller: Caller, seq: number, reason: string | undefined) {
    return this.#run(({ state }, now) => editing.remove(state, caller, seq, reason, now))
  }

  addReaction(caller: Caller, seq: number, emoji: string) {
    return this.#run(({ state }, now) => reacting.add(state, caller, seq, emoji, now))
  }

  removeReaction(caller: Caller, seq: number, emoji: string) {
    return this.#run(({ state }, now) => reacting.remove(state, caller, seq, emoji, now))
  }

  listReactors(caller: Caller, seq: number, emoji: string, after: string, limit: number) {
    return this.#read(({ state }, now) =>
      browsing.reactors(state, caller, seq, emoji, after, limit, now),
    )
  }

  listReplies(caller: Caller, seq: number, after: number, limit: number) {
    return this.#read(({ state }, now) => browsing.replies(state, caller, seq, after, limit, now))
  }

  pinMessage(caller: Caller, seq: number) {
    return this.#run(({ state }, now) => pinning.add(state, caller, seq, now))
  }

  unpinMessage(caller: Caller, seq: number) {
    return this.#run(({ state }, now) => pinning.remove(state, caller, seq, now))
  }

  listPins(caller: Caller, before: pins.Place | null, limit: number) {
    return this.#read(({ state }, now) => browsing.pinned(state, caller, before, limit, now))
  }

  /** What is found, or how far the index is that is made for it. */
  async searchMessages(
    caller: Caller,
    search: searching.Search,
  ): Promise<Answer<searching.Results | SearchPreparing>> {
    const preparing = await this.#read(({ state }, now) =>
      indexing.begin(state, caller, search.q, now),
    )
    if (!preparing.ok || preparing.value) return preparing as Answer<SearchPreparing>
    return this.#read(({ state }, now) => searching.find(state, caller, search, now))
  }

  eraseMessages(caller: Caller, wanted: erasures.Wanted) {
    return this.#run(({ state }, now) => erasures.request(state, caller, wanted, now))
  }

  moveMarker(caller: Caller, marker: ReadMarker) {
    return this.#run(({ state }, now) => markers.move(state, caller, marker, now))
  }

  beginUpload(caller: Caller, metadata: MediaMetadata) {
    return this.#run(({ state }, now) => uploading.begin(state, caller, metadata, now))
  }

  finishUpload(caller: Caller, id: string, etag: string) {
    return this.#run(({ state }) => uploading.finish(state, caller, id, etag))
  }

  abandonUpload(caller: Caller, id: string) {
    return this.#run(({ state }, now) => uploading.abandon(state, caller, id, now))
  }

  createUpload(caller: Caller, plan: Plan) {
    return this.#run(({ state }, now) => resuming.create(state, caller, plan, now))
  }

  readUpload(caller: Caller, id: string) {
    return this.#read(({ state }, now) => resuming.read(state, caller, id, now))
  }

  claimUpload(caller: Caller, id: string, offset: number) {
    return this.#run(({ state }, now) => resuming.claim(state, caller, id, offset, now))
  }

  saveUpload(caller: Caller, claimed: { id: string; attempt: number }, progress: MultipartState) {
    return this.#run(({ state }, now) => resuming.save(state, caller, claimed, progress, now))
  }

  completeUpload(caller: Caller, id: string, etag: string) {
    return this.#run(({ state }, now) => resuming.finish(state, caller, id, etag, now))
  }

  cancelUpload(caller: Caller, id: string) {
    return this.#run(({ state }, now) => resuming.cancel(state, caller, id, now))
  }

  beginAvatar(caller: Caller) {
    return this.#run(({ state }, now) => avatars.begin(state, caller, now))
  }

  setAvatar(caller: Caller, avatar: string | null) {
    return this.#decide(({ state, sockets }, now) =>
      avatars.set(state, sockets, caller, avatar, now),
    )
  }

  readMedia(caller: Caller, id: string) {
    return this.#read(({ state }, now) => attachments.read(state, caller, id, now))
  }

  listMedia(
    caller: Caller,
    page: { kind: MediaKind | null; before: media.Place | null; limit: number },
  ) {
    return this.#read(({ state }, now) => attachments.list(state, caller, page, now))
  }

  /** Moves a marker forward to where a list of rooms showed the room to be, and that list with it. */
  markRead(caller: Caller, seq: number) {
    return this.#decide(({ state }, now) => markers.move(state, caller, { seq }, now))
  }

  /** Brings the directory's index up to `seq` at least, if this room ever got there, and to all of one member. */
  syncIndex(userId: string, seq: number) {
    return this.#read(({ outbox }) => outbox.reach(userId, seq))
  }

  /** Brings the room's copy of a person up to date; harmless when repeated or late. */
  applyProfile(profile: Profile) {
    return this.#run(({ state, sockets }, now) => people.apply(state, sockets, profile, now))
  }

  /** Takes over who may write in a direct room; harmless when repeated or late. */
  applyContact(contact: DmAccess) {
    return this.#run(({ state }, now) => contacts.apply(state, contact, now))
  }

  /** Opens a socket, or reads a page. */
  override async fetch(request: Request): Promise<Response> {
    const asked = read(request)
    return respond(await this.#read((room, now) => requests.obey(room, asked, now)))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void | Promise<void> {
    if (this.#assembly) return inbox.receive(this.#assembly, socket, frame, Date.now())
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#assembly?.sockets.forget(socket)
    connections.echo(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#assembly?.sockets.forget(socket)
  }

  override async alarm(): Promise<void> {
    if (this.#assembly && (await runJobs(this.#assembly, Date.now()))) this.#assembly = null
  }

  #read<T>(work: (room: Assembly, now: number) => T | Promise<T>): Promise<Answer<T>> {
    return answer(() => work(this.#room, Date.now()))
  }

  /** Runs a command in the next flush. */
  #run<T>(command: (room: Assembly, now: number) => Outcome<T>): Promise<Answer<T>> {
    return answer(() => {
      const room = this.#room
      return room.flush.ask(() => command(room, Date.now()))
    })
  }

  /** Runs a command whose result the directory's index must show, and gives it a moment to. */
  #decide<T>(command: (room: Assembly, now: number) => Outcome<T>): Promise<Answer<T>> {
    return answer(async () => {
      const room = this.#room
      const value = await room.flush.ask(() => command(room, Date.now()))
      await room.outbox.settle()
      return value
    })
  }

  /** Runs a command of someone who may not be a member yet. */
  #admit<T>(
    { userId }: Caller,
    command: (room: Assembly, profile: Profile | undefined, now: number) => Outcome<T>,
    isAtomic = false,
  ): Promise<Answer<T>> {
    return answer(async () => {
      const room = this.#room
      const profile = await room.admission.profileOf(userId)
      const value = await room.flush.ask(() => command(room, profile, Date.now()), isAtomic)
      if (profile) await room.outbox.settle()
      return value
    })
  }

  get #room(): Assembly {
    if (this.#assembly && !this.#assembly.state.isDeleted) return this.#assembly
    throw new ApiError('not_found', 'There is no such room.')
  }
}

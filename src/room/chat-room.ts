import { DurableObject } from 'cloudflare:workers'
import { open } from '../directory/database'
import type { DmAccess } from '../directory/dm-access'
import type { Profile } from '../directory/profiles'
import { type RpcResult, toRpcResult } from '../durable-objects/rpc-result'
import { ApiError } from '../errors'
import type { MediaMetadata } from '../media/inspect'
import type { MultipartState } from '../media/multipart'
import type { Step } from '../schemas/batches'
import type { MediaKind } from '../schemas/media'
import type { MemberPatch } from '../schemas/members'
import type { MetadataChange } from '../schemas/metadata'
import type { PreferencesPatch } from '../schemas/preferences'
import type { ReadMarker } from '../schemas/read-markers'
import type { SearchPreparing } from '../schemas/search'
import type { ThreadMarker } from '../schemas/threads'
import { echoClose } from '../sockets/echo-close'
import { addReaction, removeReaction } from './commands/add-reaction'
import { applyDmAccess } from './commands/apply-dm-access'
import { applyProfile } from './commands/apply-profile'
import { runBatch } from './commands/batch'
import { type BulkDeleteInput, bulkDelete } from './commands/bulk-delete'
import { changeOwnMember } from './commands/change-own-member'
import type { Handler, SystemContext } from './commands/command-context'
import { createDirectRoom, createRoom, showDirectRoom } from './commands/create-room'
import { deleteMessage } from './commands/delete-message'
import { deleteRoom } from './commands/delete-room'
import { type EditInput, editMessage } from './commands/edit-message'
import * as thread from './commands/follow-thread'
import { joinRoom, leaveRoom } from './commands/join-leave'
import { allowUser, createInvite, disallowUser, revokeInvite } from './commands/manage-access'
import { beginAvatar, setAvatar } from './commands/media/set-avatar'
import * as tus from './commands/media/tus-upload'
import { abandonUpload, beginUpload, finishUpload } from './commands/media/upload'
import * as moderate from './commands/moderate'
import { pinMessage, unpinMessage } from './commands/pin-message'
import { type Posted, type PostInput, postMessage } from './commands/post-message'
import { moveReadMarker } from './commands/read-marker'
import { updateRoom } from './commands/update-room'
import { bind, type CommandHandler } from './commit/command-result'
import { assemble, type RoomContext } from './context'
import { runJobs } from './job-runner'
import type { Caller, RequestContext } from './policy/authorize'
import type { JoinProof } from './policy/join-policy'
import { loadFounder, loadPair } from './policy/profile-loader'
import * as access from './queries/access'
import { listMedia, readMedia } from './queries/media'
import * as messages from './queries/messages'
import { type PersonalDataPosition, readPersonalData } from './queries/personal-data'
import * as room from './queries/room'
import { exportRoom, type RoomExportQuery } from './queries/room-export'
import * as tusQueries from './queries/tus-upload'
import { prepareSearch } from './search/index-job'
import * as searching from './search/search'
import type { NewInvite } from './store/access/invites'
import * as jobs from './store/jobs'
import type * as media from './store/media/media'
import type { UploadInput } from './store/media/uploads'
import type * as pins from './store/pins'
import type { MemberCursor } from './store/roster'
import * as schema from './store/schema'
import * as settings from './store/settings'
import { handleFrame } from './transport/frame-handler'
import { handleInternalRequest } from './transport/internal-fetch'
import { fromUrl, toResponse } from './transport/internal-request'

type QueryContext = RequestContext & Pick<RoomContext, 'sockets'>

/** One room: its storage, its order, its sockets. Every public method is RPC or a handler of the runtime. */
export class ChatRoom extends DurableObject<Env> {
  #context: RoomContext | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    if (!schema.exists(ctx.storage.sql)) return
    this.#context = assemble(ctx, env)
    jobs.restoreAlarm(ctx.storage, Date.now())
  }

  /** Whether objects answer at all; touches no storage. */
  ping(): void {}

  create(roomId: string, userId: string, founding: settings.InitialSettings) {
    return toRpcResult(async () => {
      const owner = await loadFounder(open(this.env.DB), userId)
      createRoom(this.ctx, { roomId, owner, room: founding }, Date.now())
      this.#context ??= assemble(this.ctx, this.env)
      this.#context.watchers.notify({ userId, why: 'added', by: userId })
      await this.#context.directorySync.syncBriefly()
      return room.readRoom(this.#context.contextFor({ userId }))
    })
  }

  /** Creates a room at the id that its key has claimed; null where there is one. Without a user nobody owns it. */
  createByKey(roomId: string, userId: string | null, founding: settings.InitialSettings) {
    return toRpcResult(async () => {
      if (this.#context) return null
      const owner = userId === null ? null : await loadFounder(open(this.env.DB), userId)
      const isNew = createRoom(this.ctx, { roomId, owner, room: founding }, Date.now())
      this.#context ??= assemble(this.ctx, this.env)
      if (!isNew) return null
      if (userId !== null) this.#context.watchers.notify({ userId, why: 'added', by: userId })
      await this.#context.directorySync.syncBriefly()
      return userId === null ? null : room.readRoom(this.#context.contextFor({ userId }))
    })
  }

  /** What there is at an id that a key leads to, as the caller may see it. */
  findByKey(caller: Caller) {
    return toRpcResult(async () => {
      if (!this.#context) return { state: 'absent' as const }
      if (this.#context.state.isDeleted) return { state: 'deleted' as const }
      return room.readByKey(this.#context.contextFor(caller))
    })
  }

  /** Finds or creates the room of two people, and says whether it is new. */
  createDirect(roomId: string, userId: string, otherId: string) {
    return toRpcResult(async () => {
      const directory = open(this.env.DB)
      const pair = await loadPair(directory, userId, otherId)
      const isNew = createDirectRoom(this.ctx, { roomId, userId, ...pair }, Date.now())
      this.#context ??= assemble(this.ctx, this.env)
      const { queue, directorySync, contextFor, watchers } = this.#context
      // A change since then found neither the room nor its row in the directory: so write the row, then look again.
      if (directorySync.isBehind()) await directorySync.sync()
      const { contact } = isNew ? await loadPair(directory, userId, otherId) : pair
      await queue.submit(bind(applyDmAccess, () => contextFor({ userId }), contact))
      await queue.submit(bind(showDirectRoom, () => contextFor({ userId }), undefined))
      watchers.notify({ userId, why: 'added', by: userId })
      await directorySync.syncBriefly()
      return { room: room.readRoom(contextFor({ userId })), isNew }
    })
  }

  readRoom(caller: Caller) {
    return this.#query(caller, room.readRoom, undefined)
  }

  exportRoom(caller: Caller, query: RoomExportQuery) {
    return this.#query(caller, exportRoom, query)
  }

  changeRoom(caller: Caller, change: settings.RoomChange, reason: string | undefined) {
    return this.#commandThenSync(caller, updateRoom, { change, reason })
  }

  /** Throws unless the caller may make this change and set the password too. */
  requireMayChange(caller: Caller, change: settings.RoomChange) {
    return this.#query(caller, access.requireMayChangePassword, change)
  }

  deleteRoom(caller: Caller) {
    return this.#commandThenSync(caller, deleteRoom, undefined)
  }

  /** The room's password as a hash, for one more try at it. */
  tryPassword(caller: Caller) {
    return this.#query(caller, access.passwordChallenge, undefined)
  }

  async join(caller: Caller, proof: JoinProof): Promise<RpcResult<null>> {
    return this.#commandAsNewcomer(caller, joinRoom, proof)
  }

  leave(caller: Caller) {
    return this.#commandThenSync(caller, leaveRoom, undefined)
  }

  listMembers(caller: Caller, after: MemberCursor | null, limit: number, search?: string) {
    return this.#query(caller, room.listMembers, { search, after, limit })
  }

  addMember(caller: Caller, profile: Profile, isWilling: boolean) {
    return this.#commandThenSync(caller, moderate.addMember, { profile, isWilling })
  }

  changeMember(caller: Caller, userId: string, patch: MemberPatch) {
    return this.#commandThenSync(caller, moderate.changeMember, { userId, patch })
  }

  changeOwnMember(caller: Caller, patch: PreferencesPatch & MetadataChange) {
    return this.#commandThenSync(caller, changeOwnMember, patch)
  }

  readMember(caller: Caller, userId: string) {
    return this.#query(caller, room.readMember, { userId })
  }

  removeMember(caller: Caller, userId: string, reason: string | undefined) {
    return this.#commandThenSync(caller, moderate.removeMember, { userId, reason })
  }

  ban(caller: Caller, profile: Profile, terms: moderate.BanTerms) {
    return this.#commandThenSync(caller, moderate.banUser, { profile, terms })
  }

  unban(caller: Caller, userId: string) {
    return this.#commandThenSync(caller, moderate.unbanUser, { userId })
  }

  listBans(caller: Caller, after: string, limit: number) {
    return this.#query(caller, access.listBans, { after, limit })
  }

  allow(caller: Caller, userId: string) {
    return this.#command(caller, allowUser, { userId })
  }

  disallow(caller: Caller, userId: string) {
    return this.#commandThenSync(caller, disallowUser, { userId })
  }

  listAllowed(caller: Caller, after: string, limit: number) {
    return this.#query(caller, access.listAllowed, { after, limit })
  }

  createInvite(caller: Caller, invite: NewInvite) {
    return this.#commandThenSync(caller, createInvite, invite)
  }

  revokeInvite(caller: Caller, id: string) {
    return this.#commandThenSync(caller, revokeInvite, { id })
  }

  listInvites(caller: Caller, after: string, limit: number) {
    return this.#query(caller, access.listInvites, { after, limit })
  }

  previewInvite(caller: Caller, hash: string) {
    return this.#query(caller, access.previewInvite, { hash })
  }

  listAudit(caller: Caller, before: number, limit: number) {
    return this.#query(caller, room.listAudit, { before, limit })
  }

  postMessage(caller: Caller, message: PostInput): Promise<RpcResult<Posted>> {
    return this.#commandAsNewcomer(caller, postMessage, message)
  }

  /** Several commands as one commit. */
  runBatch(caller: Caller, batch: { steps: Step[]; ifSeq?: number | undefined }) {
    return this.#commandAsNewcomer(caller, runBatch, batch)
  }

  readMessage(caller: Caller, seq: number) {
    return this.#query(caller, messages.readMessage, { seq })
  }

  /** The messages with these seqs. */
  readMessages(caller: Caller, seqs: number[]) {
    return this.#query(caller, messages.readMessages, { seqs })
  }

  listVersions(caller: Caller, seq: number) {
    return this.#query(caller, messages.listVersions, { seq })
  }

  editMessage(caller: Caller, input: EditInput) {
    return this.#command(caller, editMessage, input)
  }

  deleteMessage(caller: Caller, seq: number, reason: string | undefined) {
    return this.#command(caller, deleteMessage, { seq, reason })
  }

  addReaction(caller: Caller, seq: number, emoji: string) {
    return this.#commandAsNewcomer(caller, addReaction, { seq, emoji })
  }

  removeReaction(caller: Caller, seq: number, emoji: string) {
    return this.#command(caller, removeReaction, { seq, emoji })
  }

  listReactors(caller: Caller, seq: number, emoji: string, after: string, limit: number) {
    return this.#query(caller, messages.listReactors, { seq, emoji, after, limit })
  }

  listReplies(caller: Caller, seq: number, after: number, limit: number) {
    return this.#query(caller, messages.listReplies, { seq, after, limit })
  }

  readThread(caller: Caller, seq: number) {
    return this.#query(caller, messages.readThread, { seq })
  }

  followThread(caller: Caller, seq: number) {
    return this.#commandThenSync(caller, thread.followThread, { seq })
  }

  unfollowThread(caller: Caller, seq: number) {
    return this.#commandThenSync(caller, thread.unfollowThread, { seq })
  }

  markThread(caller: Caller, seq: number, marker: ThreadMarker) {
    return this.#commandThenSync(caller, thread.markThread, { seq, ...marker })
  }

  pinMessage(caller: Caller, seq: number) {
    return this.#command(caller, pinMessage, { seq })
  }

  unpinMessage(caller: Caller, seq: number) {
    return this.#command(caller, unpinMessage, { seq })
  }

  listPins(caller: Caller, before: pins.PinCursor | null, limit: number) {
    return this.#query(caller, messages.listPins, { before, limit })
  }

  /** What is found, or how far the search index is that is being built for it. */
  async searchMessages(
    caller: Caller,
    input: searching.SearchInput,
  ): Promise<RpcResult<searching.Results | SearchPreparing>> {
    const preparing = await this.#query(caller, prepareSearch, input)
    if (!preparing.ok || preparing.value) return preparing as RpcResult<SearchPreparing>
    return this.#query(caller, searching.search, input)
  }

  bulkDeleteMessages(caller: Caller, input: BulkDeleteInput) {
    return this.#command(caller, bulkDelete, input)
  }

  moveReadMarker(caller: Caller, marker: ReadMarker) {
    return this.#command(caller, moveReadMarker, marker)
  }

  beginUpload(caller: Caller, metadata: MediaMetadata) {
    return this.#commandAsNewcomer(caller, beginUpload, metadata)
  }

  finishUpload(caller: Caller, id: string, etag: string, metadata: MediaMetadata) {
    return this.#command(caller, finishUpload, { id, etag, metadata })
  }

  abandonUpload(caller: Caller, id: string) {
    return this.#command(caller, abandonUpload, { id })
  }

  createUpload(caller: Caller, input: UploadInput) {
    return this.#commandAsNewcomer(caller, tus.createUpload, input)
  }

  readUpload(caller: Caller, id: string) {
    return this.#query(caller, tusQueries.readUpload, { id })
  }

  claimUpload(caller: Caller, id: string, offset: number) {
    return this.#commandAsNewcomer(caller, tus.claimUpload, { id, offset })
  }

  saveUpload(caller: Caller, claimed: { id: string; attempt: number }, progress: MultipartState) {
    const { id, attempt } = claimed
    return this.#command(caller, tus.saveUpload, { id, attempt, progress })
  }

  completeUpload(caller: Caller, id: string, etag: string, metadata: MediaMetadata | null) {
    return this.#command(caller, tus.completeUpload, { id, etag, metadata })
  }

  cancelUpload(caller: Caller, id: string) {
    return this.#command(caller, tus.cancelUpload, { id })
  }

  beginAvatar(caller: Caller) {
    return this.#command(caller, beginAvatar, undefined)
  }

  setAvatar(caller: Caller, avatar: string | null) {
    return this.#commandThenSync(caller, setAvatar, { avatar })
  }

  readMedia(caller: Caller, id: string) {
    return this.#query(caller, readMedia, { id })
  }

  listMedia(
    caller: Caller,
    page: { kind: MediaKind | null; before: media.GalleryCursor | null; limit: number },
  ) {
    return this.#query(caller, listMedia, page)
  }

  /** Moves a marker forward to where a list of rooms showed the room to be, and that list with it. */
  markRead(caller: Caller, seq: number) {
    return this.#commandThenSync(caller, moveReadMarker, { seq })
  }

  /**
   * Syncs the directory up to `seq` at least, if this room ever got there, and everything of one member. Does nothing
   * for anyone else, nor where there is no room: nobody learns here whether there is one.
   */
  syncDirectory(userId: string, seq: number) {
    return toRpcResult(async () => {
      if (!this.#context || this.#context.state.isDeleted) return
      await this.#context.directorySync.syncUpTo(userId, seq)
    })
  }

  /** Starts to tell a member's inbox of changes, and answers what the room is to them now. */
  watch(userId: string, epoch: number) {
    return toRpcResult(() => {
      const { watchers, readNews } = this.#room
      const news = readNews(userId)
      if (news?.room) watchers.watch(userId, epoch)
      return news
    })
  }

  /** Closes the sockets of a session that ended. A room that was never created has none. */
  closeSession(sessionId: string) {
    return toRpcResult(() => this.#context?.sockets.closeSession(sessionId))
  }

  /** What the room holds of a user, whom the caller has asked who they are. */
  readPersonalData(userId: string, from: PersonalDataPosition) {
    return toRpcResult(() => {
      const { sql, sequence } = this.#room.state
      return readPersonalData(sql, { roomId: sequence.roomId, userId, from })
    })
  }

  /** Brings the room's copy of a profile up to date. A late or repeated call changes nothing. */
  applyProfile(profile: Profile) {
    return this.#systemCommand(applyProfile, profile)
  }

  /** Takes over who may write in a direct room. A late or repeated call changes nothing. */
  applyDmAccess(contact: DmAccess) {
    return this.#systemCommand(applyDmAccess, contact)
  }

  /** Opens a socket, or reads a page. */
  override async fetch(request: Request): Promise<Response> {
    const asked = fromUrl(request.url)
    return toResponse(await toRpcResult(() => handleInternalRequest(this.#room, asked, Date.now())))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void | Promise<void> {
    if (this.#context) return handleFrame(this.#context, socket, frame, Date.now())
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#context?.sockets.remove(socket)
    echoClose(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#context?.sockets.remove(socket)
  }

  override async alarm(): Promise<void> {
    if (this.#context && (await runJobs(this.#context, Date.now()))) this.#context = null
  }

  #query<Input, T>(
    caller: Caller,
    query: (context: QueryContext, input: Input) => T | Promise<T>,
    input: Input,
  ): Promise<RpcResult<T>> {
    return toRpcResult(() => query(this.#room.contextFor(caller), input))
  }

  /** Runs a command in the next commit. */
  #command<Input, T>(
    caller: Caller,
    handler: Handler<Input, T>,
    input: Input,
  ): Promise<RpcResult<T>> {
    return toRpcResult(() => {
      const { queue, contextFor } = this.#room
      return queue.submit(bind(handler, () => contextFor(caller), input))
    })
  }

  /** Runs a command that no caller asks for. */
  #systemCommand<Input, T>(
    handler: CommandHandler<SystemContext, Input, T>,
    input: Input,
  ): Promise<RpcResult<T>> {
    return toRpcResult(() => {
      const { queue, state, sockets } = this.#room
      return queue.submit(bind(handler, () => ({ state, sockets, now: Date.now() }), input))
    })
  }

  /** Runs a command whose result the directory must show, and gives the sync a moment. */
  #commandThenSync<Input, T>(
    caller: Caller,
    handler: Handler<Input, T>,
    input: Input,
  ): Promise<RpcResult<T>> {
    return toRpcResult(async () => {
      const { queue, contextFor, directorySync } = this.#room
      const value = await queue.submit(bind(handler, () => contextFor(caller), input))
      await directorySync.syncBriefly()
      return value
    })
  }

  /** Runs a command of someone who may not be a member yet. */
  #commandAsNewcomer<Input, T>(
    caller: Caller,
    handler: Handler<Input, T>,
    input: Input,
  ): Promise<RpcResult<T>> {
    return toRpcResult(async () => {
      const { queue, contextFor, profiles, directorySync, state } = this.#room
      const profile = await profiles.profileOf(caller.userId)
      const wasEmpty = state.sequence.n === 0
      const value = await queue.submit(bind(handler, () => contextFor(caller, profile), input))
      // The first message of a direct room brings it into the other's list.
      const isRevealed =
        wasEmpty && state.sequence.n > 0 && settings.read(state.sql).kind === 'direct'
      if (profile || isRevealed) await directorySync.syncBriefly()
      return value
    })
  }

  get #room(): RoomContext {
    if (this.#context && !this.#context.state.isDeleted) return this.#context
    throw new ApiError('not_found', 'There is no such room.')
  }
}

import { waitUntil } from 'cloudflare:workers'
import { type Directory, open } from '../directory/database'
import * as personalData from '../directory/personal-data'
import * as personalExports from '../directory/personal-exports'
import { ApiError, rootOf } from '../errors'
import { publish } from '../inbox/client'
import { removeOrphans, storePart } from '../media/export-parts'
import { ask } from '../room/client'
import type { PersonalDataPosition } from '../room/queries/personal-data'

/** Has the next part of a user's export made. It carries no values: the directory knows how far it is. */
export interface ExportMessage {
  exportOf: string
}

/** How far an export is: in the directory, then from room to room, by their ids. */
interface Position {
  directory?: personalData.DirectoryPosition | null
  /** The room that is read, or was. */
  roomId?: string
  /** Where in that room; absent behind its end. */
  room?: PersonalDataPosition
}

/** A part is not much larger than this, and takes no more calls. */
const PART_BYTES = 512 * 1024
const MAX_CALLS = 60
const MAX_FILES = 100
/** Between two calls, so that others are served. Waiting costs nothing. */
const PAUSE_MS = 10
const MAX_DELAY_SECONDS = 300

interface Part {
  lines: string
  files: number
  position: Position | null
}

/** Starts or continues the export of a user. If the queue is down, the sweep does. */
export function enqueue(env: Pick<Env, 'PEOPLE'>, userId: string): void {
  waitUntil(env.PEOPLE.send({ exportOf: userId } satisfies ExportMessage).catch(logFailure))
}

/** What the consumer of the queue does with its messages. */
export async function consume(
  { messages }: Pick<MessageBatch<ExportMessage>, 'messages'>,
  env: Env,
): Promise<void> {
  for (const message of messages) {
    try {
      await makePart(env, message.body)
      message.ack()
    } catch (error) {
      logFailure(error)
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DELAY_SECONDS) })
    }
  }
}

/**
 * Makes the next part of a user's export, and has the one behind it made. Whatever breaks off is done again from the part
 * before, and of two at once one counts.
 */
export async function makePart(env: Env, { exportOf: userId }: ExportMessage): Promise<void> {
  const directory = open(env.DB)
  const running = await personalExports.find(directory, userId)
  if (!running || running.readyAt !== null) return
  const part = await readPart(env, directory, userId, JSON.parse(running.position ?? '{}'))
  const counting = await storePart(env.MEDIA, running, running.parts, {
    lines: part.lines,
    position: part.position && JSON.stringify(part.position),
  })
  const isOurs = await personalExports.advance(directory, running, counting, Date.now())
  if (!isOurs) return
  if (counting.position !== null) enqueue(env, userId)
  else waitUntil(publish(env, userId, [{ type: 'export.ready' }]))
}

async function readPart(
  env: Env,
  directory: Directory,
  userId: string,
  from: Position,
): Promise<Part> {
  const part: Part = { lines: '', files: 0, position: from }
  for (let calls = 0; part.position && calls < MAX_CALLS; calls += 1) {
    const read = await readSlice(env, directory, userId, part.position)
    part.lines += read.lines
    part.files += read.files
    part.position = read.position
    if (part.lines.length >= PART_BYTES || part.files >= MAX_FILES) break
    await scheduler.wait(PAUSE_MS)
  }
  return part
}

async function readSlice(
  env: Env,
  directory: Directory,
  userId: string,
  { directory: page = { source: 0, after: 0 }, roomId, room }: Position,
): Promise<Part> {
  if (page) {
    const { lines, next } = await personalData.readPage(directory, userId, page)
    return { lines, files: 0, position: { directory: next } }
  }
  const next = room ? roomId : await personalData.nextRoom(directory, userId, roomId ?? '')
  if (next === undefined) return { lines: '', files: 0, position: null }
  const done: Position = { directory: null, roomId: next }
  try {
    const from = room ?? { source: 0, after: null }
    const slice = await ask(env.ROOMS, next, (stub) => stub.readPersonalData(userId, from))
    const { lines, files } = slice
    return { lines, files, position: slice.next ? { ...done, room: slice.next } : done }
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found')
      return { lines: '', files: 0, position: done }
    throw error
  }
}

/** The cron job: continues what stands still, and removes what nobody names any more. */
export async function sweep(env: Env, now: number): Promise<void> {
  const directory = open(env.DB)
  for (const userId of await personalExports.listStalled(directory, now)) enqueue(env, userId)
  await personalExports.deleteEnded(directory, now)
  await removeOrphans(env.MEDIA, (userIds) => personalExports.idsOf(directory, userIds))
}

function logFailure(error: unknown): void {
  console.error({ level: 'error', work: 'export', message: rootOf(error).message })
}

import pMap from 'p-map'
import { ApiError } from '../errors'
import type { Message } from '../schemas/messages'
import { ALL_CONNECTIONS } from './subrequests'

interface Place {
  roomId: string
  seq: number
}

/** Asks one room for messages; throws what the room does when it may not be read. */
type ReadRoom = (roomId: string, seqs: number[]) => Promise<Message[]>

/** Reads messages of many rooms, one call to each. What may no longer be read is left out. */
export async function readMessages(
  places: Place[],
  readRoom: ReadRoom,
): Promise<(place: Place) => Message | undefined> {
  const byRoom = Map.groupBy(places, ({ roomId }) => roomId)
  const read = ([roomId, inRoom]: [string, Place[]]) =>
    readRoom(
      roomId,
      inRoom.map(({ seq }) => seq),
    ).catch(leaveOut)
  const pages = await pMap(byRoom, read, ALL_CONNECTIONS)
  const messages = new Map(pages.flat().map((message) => [keyOf(message), message]))
  return (place) => messages.get(keyOf(place))
}

const keyOf = ({ roomId, seq }: Place) => `${roomId} ${seq}`

function leaveOut(error: unknown): Message[] {
  const isRefused =
    error instanceof ApiError && ['not_found', 'forbidden', 'banned'].includes(error.code)
  if (isRefused) return []
  throw error
}

import { useEffect, useState } from 'preact/hooks'
import type { Author } from '../../client/protocol'
import { chat } from './chat'
import type { Member } from './members'
import type { Page } from './requests'
import type { RoomModel } from './room-model'

/** Past this, the service tells nobody how far others have read. */
const MAX_MEMBERS = 50

export interface Reader {
  user: Author
  /** How far they have read. */
  seq: number
}

/** How far the others have read, where the room says so. */
export function useReceipts({ id, room, me, state, onLive }: RoomModel): readonly Reader[] {
  const [readers, setReaders] = useState<ReadonlyMap<string, Reader>>(new Map())
  const isTold =
    me !== null &&
    room?.receipts === 'public' &&
    room.memberCount <= MAX_MEMBERS &&
    state === 'complete'
  useEffect(() => {
    // While there is no connection, what is known stays true, and may grow.
    if (!isTold) return
    const note = (more: readonly Reader[]) =>
      setReaders((before) => {
        const after = new Map(before)
        for (const one of more) {
          const known = after.get(one.user.id)
          if (!known || known.seq <= one.seq) after.set(one.user.id, one)
        }
        return after
      })
    const stop = onLive((signal) => {
      if (signal.type === 'read') note([{ user: signal.user, seq: signal.seq }])
    })
    const path = chat.room(id).path(`members?limit=${MAX_MEMBERS}`)
    chat.request<Page<Member>>('GET', path).then(
      ({ items }) =>
        note(
          items.flatMap(({ user, readSeq }) => (readSeq === null ? [] : [{ user, seq: readSeq }])),
        ),
      // Without it, who reads on from now is known.
      () => {},
    )
    return stop
  }, [isTold, id, onLive])
  return [...readers.values()].filter(({ user }) => user.id !== chat.userId)
}

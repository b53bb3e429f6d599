import { useEffect, useState } from 'preact/hooks'
import type { Live } from '../../client/protocol'
import { chat } from './chat'
import type { RoomModel } from './room-model'

type ThreadState = Pick<Extract<Live, { type: 'thread' }>, 'following' | 'unread'>

/** Whether one follows a thread, of which it is known up to where it was read. Null until it is known, and for who is no member. */
export function useThreadState({ id, me, onLive }: RoomModel, seq: number, lastSeq: number) {
  const [state, setState] = useState<ThreadState | null>(null)
  const [read, setRead] = useState(0)
  const isMember = me !== null
  const path = chat.room(id).path(`messages/${seq}/following`)
  // One's own reply makes one follow it, so it is asked again after each message.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again for that reason alone
  useEffect(() => {
    if (!isMember || state?.following) return
    chat.request<ThreadState>('GET', path).then(setState, () => {})
  }, [isMember, path, lastSeq])
  useEffect(
    () => onLive((signal) => signal.type === 'thread' && signal.seq === seq && setState(signal)),
    [onLive, seq],
  )
  const follow = async (isOn: boolean) => {
    const next = await chat.request<ThreadState>(isOn ? 'PUT' : 'DELETE', path)
    setState(next ?? { following: false, unread: 0 })
  }
  const markRead = () => {
    if (!state?.following || lastSeq <= read) return
    setRead(lastSeq)
    const marker = chat.room(id).path(`messages/${seq}/read-marker`)
    // What fails now is marked with the next reply.
    chat.request('PUT', marker, { readSeq: lastSeq }).catch(() => setRead(0))
  }
  return { isFollowing: state?.following ?? null, follow, markRead }
}

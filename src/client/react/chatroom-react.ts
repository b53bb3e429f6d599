import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { Chat, RoomsView } from '../chat'
import type { PresenceState } from '../inbox'
import type { Author, Me } from '../protocol'
import type { Room } from '../room'
import type { KeyedRoom } from '../room-address'
import type { RoomView } from '../room-view'
import type { Excerpt, ExcerptView } from '../store/excerpt'
import type { Observable } from '../store/observable'
import type { UnreadTotals } from '../store/room-list'
import type { Thread, ThreadView } from '../thread'

const NO_EXCERPT: Observable<null> = { getSnapshot: () => null, subscribe: () => () => {} }

const ChatContext = createContext<Chat | null>(null)

/** Connects while it is shown, and gives the chat to the hooks below. */
export function ChatProvider({ chat, children }: { chat: Chat; children?: ReactNode }) {
  useEffect(() => chat.connect(), [chat])
  return createElement(ChatContext.Provider, { value: chat }, children)
}

export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (!chat) throw new Error('useChat needs a <ChatProvider> around it.')
  return chat
}

/** The server renders what is known without a connection: nothing. */
function useObservable<T>({ subscribe, getSnapshot }: Observable<T>): T {
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot)
}

/** The account of the user. null until it is known. */
export function useMe(): Me | null {
  return useObservable(useChat().me)
}

/** The user's rooms, that with the latest message first. */
export function useRooms(): RoomsView & Pick<Chat, 'loadMoreRooms' | 'createRoom'> {
  const chat = useChat()
  const view = useObservable(chat.rooms)
  return useMemo(
    () => ({
      ...view,
      loadMoreRooms: () => chat.loadMoreRooms(),
      createRoom: (room) => chat.createRoom(room),
    }),
    [view, chat],
  )
}

type RoomActions = Pick<
  Room,
  | 'send'
  | 'retry'
  | 'discard'
  | 'edit'
  | 'delete'
  | 'react'
  | 'markRead'
  | 'loadOlder'
  | 'sendTyping'
  | 'sendLive'
  | 'onLive'
>

/** The room of an id, or of a key: `{ key: 'lobby' }`. It has a socket of its own while it is shown. */
export function useRoom(of: string | KeyedRoom): RoomView & RoomActions {
  const room = useChat().room(of)
  useEffect(() => room.open(), [room])
  const view = useObservable(room.view)
  return useMemo(() => {
    const { send, retry, discard, edit, delete: remove, react, markRead, loadOlder } = room
    const { sendTyping, sendLive, onLive } = room
    const writing = { send, retry, discard, edit, delete: remove, react }
    return { ...view, ...writing, markRead, loadOlder, sendTyping, sendLive, onLive }
  }, [view, room])
}

/** The replies to a message. */
export function useThread(
  room: string | KeyedRoom,
  seq: number,
): ThreadView & Pick<Thread, 'send'> {
  const thread = useChat().room(room).thread(seq)
  useEffect(() => thread.open(), [thread])
  const view = useObservable(thread.view)
  return useMemo(() => ({ ...view, send: thread.send }), [view, thread])
}

/** Messages around one that is far back, so that nobody need read all that came after it. null for no seq. */
export function useExcerpt(
  room: string | KeyedRoom,
  seq: number | null,
): (ExcerptView & Pick<Excerpt, 'loadOlder' | 'loadNewer' | 'reload'>) | null {
  const of = useChat().room(room)
  const excerpt = seq === null ? null : of.excerpt(seq)
  useEffect(() => excerpt?.open(), [excerpt])
  const view = useObservable<ExcerptView | null>(excerpt?.view ?? NO_EXCERPT)
  return useMemo(() => {
    if (!excerpt || !view) return null
    const { loadOlder, loadNewer, reload } = excerpt
    return { ...view, loadOlder, loadNewer, reload }
  }, [excerpt, view])
}

/** Who else is typing in a room that is open. */
export function useTyping(room: string | KeyedRoom): readonly Author[] {
  return useObservable(useChat().room(room).view).typing
}

/** Whether somebody with whom the user talks directly is there. */
export function usePresence(userId: string): PresenceState {
  const { rooms, inbox } = useChat()
  const look = () => inbox.presenceOf(userId)
  return useSyncExternalStore(rooms.subscribe, look, look)
}

/** When somebody was last there. null while they are, where they do not say it, and until it is known. */
export function useLastSeen(userId: string): string | null {
  const { rooms, inbox } = useChat()
  useEffect(() => void inbox.askPresence(userId), [inbox, userId])
  const look = () => inbox.lastSeenOf(userId)
  return useSyncExternalStore(rooms.subscribe, look, look)
}

/** What is unread in all rooms. */
export function useUnread(): UnreadTotals {
  return useObservable(useChat().unread)
}

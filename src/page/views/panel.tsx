import type { RoomModel, RoomRoute } from '../app/room-model'
import { addressOf, go } from '../app/routes'
import { MembersPanel } from './members-panel'
import { ModerationPanel } from './moderation-panel'
import { PinsPanel } from './pins-panel'
import { SearchPanel } from './search-panel'
import { SettingsPanel } from './settings-panel'
import { ThreadPanel } from './thread-panel'

/** What is open beside a room. */
export function Panel({ room, route }: { room: RoomModel; route: RoomRoute }) {
  const close = () => go(addressOf.room(route.roomId))
  if (route.thread !== null)
    return <ThreadPanel key={route.thread} room={room} seq={route.thread} onClose={close} />
  switch (route.panel) {
    case 'members':
      return <MembersPanel room={room} onClose={close} />
    case 'pins':
      return <PinsPanel room={room} onClose={close} />
    case 'search':
      return <SearchPanel room={room} onClose={close} />
    case 'moderation':
      return <ModerationPanel room={room} onClose={close} />
    default:
      return <SettingsPanel room={room} onClose={close} />
  }
}

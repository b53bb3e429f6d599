import type { RoomModel, RoomRoute } from '../app/room-model'
import { addressOf, go } from '../app/routes'
import { PanelFrame } from '../components/panel-frame'
import { Empty } from '../components/states'
import { ThreadPanel } from './thread-panel'

/** What is open beside a room. */
export function Panel({ room, route }: { room: RoomModel; route: RoomRoute }) {
  const close = () => go(addressOf.room(route.roomId))
  if (route.thread !== null)
    return <ThreadPanel key={route.thread} room={room} seq={route.thread} onClose={close} />
  return (
    <PanelFrame title="Soon" onClose={close}>
      <Empty icon="compass" title="This view is not there yet" />
    </PanelFrame>
  )
}

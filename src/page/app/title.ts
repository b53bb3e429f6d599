import { useEffect } from 'preact/hooks'
import { useUnread } from '../../client/react/chatroom-react'

/** The tab says where one is, and what waits. */
export function useTitle(place: string | null): void {
  const { badge } = useUnread()
  useEffect(() => {
    const name = place ? `${place} · chatroom` : 'chatroom'
    document.title = badge > 0 ? `(${badge > 99 ? '99+' : badge}) ${name}` : name
  }, [place, badge])
}

import { render } from 'preact'
import { ChatProvider } from '../client/react/chatroom-react'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/welcome.css'
import './styles/shell.css'
import './styles/room.css'
import './styles/messages.css'
import './styles/panels.css'
import './styles/account.css'
import { chat } from './app/chat'
import { applyTheme } from './app/theme'
import { App } from './root'

applyTheme()
render(
  <ChatProvider chat={chat}>
    <App />
  </ChatProvider>,
  document.getElementById('app') as HTMLElement,
)

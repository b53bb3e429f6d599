import { Message } from './messages'
import { page } from './pages'

export const MyMentions = page(Message, 'MyMentions')

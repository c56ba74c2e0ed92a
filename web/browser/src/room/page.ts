/** What the parts of the room's page see of it, and ask of it. */
import type { Conductor } from './conductor';

export interface RoomPage extends HTMLElement {
  readonly conductor: Conductor;
  readonly chatOpen: boolean;
  toggleChat(): void;
  leave(): void;
}

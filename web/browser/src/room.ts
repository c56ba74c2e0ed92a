/** Entry of the room; no htmx here. */
import '../styles/room.css';
import './room/session-room';

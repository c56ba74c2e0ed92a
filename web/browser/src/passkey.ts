/** Pages where a passkey is used or made. */
import './passkey/add';
import './passkey/sign-in';

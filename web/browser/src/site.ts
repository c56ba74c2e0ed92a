/** Every page: htmx for parts of pages and a few small elements that wake up existing markup. */
import 'htmx.org';
import '../styles/site.css';
import './site/copy-field';
import './site/once-form';
import './site/self-refresh';
import './site/share-button';
import './site/tick-count';
import './site/time-left';
import './site/zone';

// An entry of the build alone: it puts the theme into the one style sheet that is published, beside the components' looks.
import './style.css';

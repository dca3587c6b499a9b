"""Train, store and decode variational autoencoders; the app and the command line stand on this.

Levels (imports run one way, down): errors, spec, description -> artifact, registry, latent,
images, datasets -> elbo, models -> codec, metrics, figures -> training, export -> worker, the
command line. Only elbo, models, training, export and worker import Keras; nothing here imports
Streamlit.
"""

__version__ = "0.1.0"

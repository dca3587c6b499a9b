"""Train, store, measure and decode variational autoencoders; the app stands on this.

One folder answers one question, and imports run one way, from each line to those below it:

    cli                                      the commands
    worker                                   the process that trains one job
    training, evaluation, morph, figures     Keras; metrics of a model; paths; Plotly
    jobs, metrics                            the queue and its supervisor; formulas on arrays
    artifacts                                stored models: manifest, registry, ONNX codec
    datasets                                 catalogue, download, splits
    spec, latent                             what a training is asked for; the latent space
    arrays, errors, frozen, interrupts, paths, threads

Only `training` and `worker` import Keras, and nothing here imports Streamlit.
"""

__version__ = "0.1.0"

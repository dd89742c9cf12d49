"""The spectrum analyser: which frequencies carry the embedding, at any published checkpoint."""

from timeless.artifacts import Results
from timeless.instruments import Widget
from timeless.published import number_embeddings, quantised, rows_at

ARTIFACTS = ("addition",)


def widget(results: Results) -> Widget:
    """Return the last checkpoint's embedding, and every other one as a part of its own."""
    addition = results["addition"]
    epochs, model = addition.summary["published_epochs"], addition.config["train"]["model"]
    seed, key_freqs = addition.config["seeds"][0], addition.summary["key_freqs"]
    embeddings = [quantised(W_E) for W_E in number_embeddings(results, "addition", seed)]
    rows = rows_at(addition, epochs)
    curves = ("train_accuracy", "test_accuracy", "test_loss")
    logged = {name: addition["curves"][name][rows].tolist() for name in curves}
    return Widget(
        title="Spectrum analyser",
        caption=CAPTION,
        alt=(
            f"The spectrum of the embedding over its {model['p'] // 2} frequencies, and the wave "
            f"of one chosen frequency over the {model['p']} tokens, at {len(epochs)} checkpoints. "
            f"At the last one {len(key_freqs)} frequencies stand out: "
            f"{', '.join(str(k) for k in key_freqs)}."
        ),
        data={
            "p": model["p"],
            "d_model": model["d_model"],
            "epochs": epochs,
            "final": len(epochs) - 1,
            "key_freqs": key_freqs,
            "scales": [scale for _, scale in embeddings],
            "W_E": embeddings[-1][0],
            **logged,
        },
        parts={
            f"{epoch:06d}": {"W_E": W_E} for epoch, (W_E, _) in zip(epochs, embeddings, strict=True)
        },
    )


CAPTION = """
The embedding \\(W_E\\) of the trained network, transformed in the page. Above: the norm of each
frequency, with the threshold that makes a frequency a key frequency. Below: the measured
coordinate of each token along the direction of the chosen frequency's cosine, with that
frequency's wave through it, and the tokens in the plane of its cosine and sine. The plane is
chosen to contain frequency \\(k\\), so even an untrained embedding shows some of it there; set
the plane to that of the last checkpoint to take this choice out. Weights are those of the
published checkpoints, in 16 bits.
"""

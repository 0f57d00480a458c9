"""The linear classifier used by measures: logistic regression on standardised features."""

import numpy as np


def fit_linear(features, labels, sample_weight=None):
    """Train a logistic regression (L2, C = 1) on features of mean 0 and deviation 1.

    Args:
        features: float array (n, d).
        labels: int array (n,), at least 2 classes.
        sample_weight: float array (n,), weight of each example, or None for 1 each.

    Returns:
        scikit-learn pipeline with `predict` and `decision_function`.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(features, labels, logisticregression__sample_weight=sample_weight)


def linear_error(classifier, features, labels):
    """Share of examples that a classifier misclassifies.

    Args:
        classifier: pipeline returned by `fit_linear`.
        features: float array (n, d).
        labels: int array (n,).

    Returns:
        Float in [0, 1].
    """
    return float(np.mean(classifier.predict(features) != labels))
